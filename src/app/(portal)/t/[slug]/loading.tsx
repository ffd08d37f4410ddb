import { Skeleton, TableSkeleton } from "@/ui/states";

export default function Loading() {
  return (
    <div>
      <div className="skeleton mb-8 h-9 w-64" />
      <Skeleton lines={2} label="Loading the page" />
      <div className="mt-10">
        <TableSkeleton />
      </div>
    </div>
  );
}
