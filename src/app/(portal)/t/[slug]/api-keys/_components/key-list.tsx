"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useRef, useState } from "react";
import type { ApiKeyView } from "@/billing/tenants/model";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { DataTable } from "@/ui/data-table";
import { DateText } from "@/ui/date-text";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { EmptyState, ErrorState } from "@/ui/states";
import { StatusBadge } from "@/ui/status-badge";
import { toast } from "@/ui/toast";

/** Lists, makes and revokes the keys of a tenant. */
export function KeyList({ tenant, timeZone, keys }: { tenant: string; timeZone: string; keys: ApiKeyView[] }) {
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiKeyView | null>(null);
  return (
    <>
      <div className="mb-6">
        <Button look="primary" onClick={() => setCreating(true)}>
          Create a key
        </Button>
      </div>
      {keys.length === 0 ? (
        <EmptyState title="No keys yet">A key is shown once, when it is made.</EmptyState>
      ) : (
        <DataTable
          caption="API keys"
          rows={keys}
          rowKey={(key) => key.id}
          columns={[
            { header: "Name", heading: true, cell: (key) => key.name },
            { header: "Key", cell: (key) => <code className="font-mono text-xs">{key.display}</code> },
            { header: "Made", cell: (key) => <DateText at={key.createdAt} timeZone={timeZone} style="short" /> },
            {
              header: "Last used",
              cell: (key) =>
                key.lastUsedAt ? (
                  <DateText at={key.lastUsedAt} timeZone={timeZone} style="dateTime" />
                ) : (
                  <span className="text-quiet">never</span>
                ),
            },
            {
              header: "Status",
              align: "right",
              cell: (key) =>
                key.revokedAt ? (
                  <StatusBadge status="revoked" />
                ) : (
                  <Button size="small" aria-label={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>
                    Revoke
                  </Button>
                ),
            },
          ]}
        />
      )}
      {creating ? <CreateDialog tenant={tenant} onClose={() => setCreating(false)} /> : null}
      {revoking ? <RevokeDialog tenant={tenant} apiKey={revoking} onClose={() => setRevoking(null)} /> : null}
    </>
  );
}

function CreateDialog({ tenant, onClose }: { tenant: string; onClose: () => void }) {
  const router = useRouter();
  const create = trpc.apiKeys.create.useMutation({ onSuccess: () => router.refresh() });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    if (!create.isPending) create.mutate({ tenant, name });
  }

  if (create.data) return <NewKey apiKey={create.data.key} onClose={onClose} />;
  return (
    <Dialog open onClose={onClose} locked={create.isPending} title="Create a key">
      <form onSubmit={submit} className="grid gap-6">
        <Field
          label="Name"
          name="name"
          required
          maxLength={80}
          hint="Where it will be used, for example “Job runner”."
          error={create.error ? failureOf(create.error).message : null}
        />
        <div className="flex justify-end gap-3">
          <Button onClick={onClose} disabled={create.isPending}>
            Not now
          </Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Create key
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The only time a key is shown. It is closed by the word that it was saved, by nothing else. */
function NewKey({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<"yes" | "no" | null>(null);

  // Browsers open the clipboard to encrypted pages alone; elsewhere the key is marked for copying by hand.
  async function copy() {
    try {
      await navigator.clipboard.writeText(apiKey);
      setCopied("yes");
    } catch {
      field.current?.select();
      setCopied("no");
    }
  }

  return (
    <Dialog open locked onClose={onClose} title="Your new key">
      <p className="mb-4 text-sm">Copy it now. It is kept only as a fingerprint, so nobody can show it to you again.</p>
      <Field
        ref={field}
        label="API key"
        readOnly
        value={apiKey}
        spellCheck={false}
        autoComplete="off"
        error={
          copied === "no"
            ? "This browser did not let it be copied. It is selected: copy it with the keyboard or the menu."
            : null
        }
        onFocus={(event) => event.currentTarget.select()}
      />
      <div className="mt-6 flex flex-wrap justify-end gap-3">
        <Button onClick={() => void copy()}>{copied === "yes" ? "Copied" : "Copy"}</Button>
        <Button look="primary" onClick={onClose}>
          I saved it
        </Button>
      </div>
      <p role="status" className="sr-only">
        {copied === "yes" ? "The key is on the clipboard" : "The key was made"}
      </p>
    </Dialog>
  );
}

function RevokeDialog({ tenant, apiKey, onClose }: { tenant: string; apiKey: ApiKeyView; onClose: () => void }) {
  const router = useRouter();
  const revoke = trpc.apiKeys.revoke.useMutation({
    onSuccess: () => {
      toast(`${apiKey.name} was revoked`);
      router.refresh();
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} locked={revoke.isPending} title={`Revoke ${apiKey.name}?`}>
      <p className="mb-6 text-sm text-quiet">
        Services that use <code className="font-mono">{apiKey.display}</code> stop working at once. This cannot be
        undone.
      </p>
      {revoke.error ? (
        <div className="mb-4">
          <ErrorState title="The key was not revoked" {...failureOf(revoke.error)} />
        </div>
      ) : null}
      <div className="flex justify-end gap-3">
        <Button onClick={onClose} disabled={revoke.isPending}>
          Keep it
        </Button>
        <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate({ tenant, keyId: apiKey.id })}>
          Revoke key
        </Button>
      </div>
    </Dialog>
  );
}
