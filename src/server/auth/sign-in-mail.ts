/** The mail with the sign-in link, in the clothes of the pages. */

const escapeHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Subject and bodies of the mail. */
export function signInMail({ link, host, minutes }: { link: string; host: string; minutes: number }) {
  const href = escapeHtml(link);
  return {
    subject: `Sign in to ${host}`,
    text: [
      `Sign in to ${host} with this link:`,
      "",
      link,
      "",
      `It works once and for ${minutes} minutes. If you did not ask for it, ignore this mail: nobody can sign in without it.`,
    ].join("\n"),
    html: `<!doctype html><html lang="en"><body style="margin:0;background:#faf9f7;color:#24211d;font:16px/24px Georgia,serif">
<table role="presentation" width="100%" style="max-width:520px;margin:0 auto;padding:40px 24px"><tr><td>
<h1 style="font-size:24px;line-height:32px;font-weight:500;margin:0 0 16px">Sign in to ${escapeHtml(host)}</h1>
<p style="font-family:Helvetica,Arial,sans-serif;font-size:15px;margin:0 0 24px">This link works once and for ${minutes} minutes.</p>
<p style="margin:0 0 24px"><a href="${href}" style="font-family:Helvetica,Arial,sans-serif;font-size:15px;background:#0b6b47;color:#fff;text-decoration:none;padding:12px 20px;border-radius:5px;display:inline-block">Sign in</a></p>
<p style="font-family:Helvetica,Arial,sans-serif;font-size:13px;line-height:20px;color:#6b655c;border-top:1px solid #e3dfd8;padding-top:16px;margin:0">If you did not ask for it, ignore this mail: nobody can sign in without it.</p>
</td></tr></table></body></html>`,
  };
}
