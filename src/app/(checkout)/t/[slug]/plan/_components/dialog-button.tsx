"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button, type ButtonProps } from "@/ui/button";
import type { CancelDialogProps } from "./cancel-dialog";
import type { ChangeDialogProps } from "./change-dialog";
import type { Setting } from "./quote-dialog";
import type { PlainChange } from "./verb-dialog";

// Dialogs come when they are asked for; the page itself carries none of them.
const ChangeDialog = dynamic(() => import("./change-dialog").then((module) => module.ChangeDialog), { ssr: false });
const CancelDialog = dynamic(() => import("./cancel-dialog").then((module) => module.CancelDialog), { ssr: false });
const VerbDialog = dynamic(() => import("./verb-dialog").then((module) => module.VerbDialog), { ssr: false });

/** Which dialog, and what it is told beside the setting. */
export type DialogChoice =
  | { dialog: "change"; props: Omit<ChangeDialogProps, "setting" | "onClose"> }
  | { dialog: "cancel"; props: Omit<CancelDialogProps, "setting" | "onClose"> }
  | { dialog: "verb"; props: { verb: PlainChange; planName: string } };

/** A button that opens one of the plan's dialogs; `openAtOnce` when the address asks for it. */
export function DialogButton({
  setting,
  choice,
  openAtOnce = false,
  children,
  ...button
}: { setting: Setting; choice: DialogChoice; openAtOnce?: boolean } & Omit<ButtonProps, "onClick">) {
  const [open, setOpen] = useState(openAtOnce);
  const close = () => {
    setOpen(false);
    // What the address asked for is done; reloading does not ask again.
    if (openAtOnce) window.history.replaceState(null, "", window.location.pathname);
  };
  return (
    <>
      <Button {...button} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {children}
      </Button>
      {open ? <Chosen setting={setting} choice={choice} onClose={close} /> : null}
    </>
  );
}

function Chosen({ setting, choice, onClose }: { setting: Setting; choice: DialogChoice; onClose: () => void }) {
  switch (choice.dialog) {
    case "change":
      return <ChangeDialog setting={setting} {...choice.props} onClose={onClose} />;
    case "cancel":
      return <CancelDialog setting={setting} {...choice.props} onClose={onClose} />;
    case "verb":
      return <VerbDialog setting={setting} {...choice.props} onClose={onClose} />;
  }
}
