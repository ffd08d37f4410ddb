/** Hands queued mail to the SMTP server; without one, mail stays in the database for the mailbox page. */
import type { Task } from "graphile-worker";
import { createTransport } from "nodemailer";
import type { Runtime } from "@/server/context";

const BATCH = 20;
const ATTEMPT_LIMIT = 10;

/** The task. A mail that could not be sent keeps its reason and is tried again, ten times in all. */
export function sendMailTask(runtime: Runtime, mail: { smtpUrl: string | null; mailFrom: string }): Task {
  const transport = mail.smtpUrl === null ? null : createTransport(mail.smtpUrl);
  return async () => {
    if (transport === null) return;
    const waiting = await runtime.db.prisma.mailMessage.findMany({
      where: { sentAt: null, attempts: { lt: ATTEMPT_LIMIT } },
      orderBy: { createdAt: "asc" },
      take: BATCH,
    });
    for (const message of waiting) {
      // Whoever counts the attempt first sends it: two workers never send the same mail.
      const { count } = await runtime.db.prisma.mailMessage.updateMany({
        where: { id: message.id, attempts: message.attempts, sentAt: null },
        data: { attempts: { increment: 1 } },
      });
      if (count === 0) continue;
      const { id, recipient: to, subject, text, html } = message;
      try {
        await transport.sendMail({ from: mail.mailFrom, to, subject, text, html });
        await runtime.db.prisma.mailMessage.update({ where: { id }, data: { sentAt: runtime.clock.now() } });
      } catch (error) {
        const lastError = error instanceof Error ? error.message : String(error);
        await runtime.db.prisma.mailMessage.update({ where: { id }, data: { lastError } });
        runtime.log.warn({ err: error, mail: id }, "A mail could not be sent");
      }
    }
  };
}
