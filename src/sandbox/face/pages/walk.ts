/** The small page inside the page of the clocks that tells how far a long walk has come. */
import type { Walk } from "../../clock/clocks";
import { html, type Part } from "../html";
import { base, time } from "../layout";

function told(walk: Walk): Part {
  const moments = `${walk.processed} due ${walk.processed === 1 ? "moment" : "moments"} handled`;
  const again = html`<a href="${base}/clocks" target="_top">Show the clocks</a>`;
  if (walk.state === "arrived") return html`<p>${walk.clock} has arrived at ${time(walk.to)}, ${moments}. ${again}</p>`;
  if (walk.state === "failed") {
    return html`<p class="loss">${walk.clock} stopped at ${time(walk.at)}, ${moments}: ${walk.problem ?? ""}</p>`;
  }
  const share = walk.to === walk.from ? 1 : (walk.at - walk.from) / (walk.to - walk.from);
  return html`<label for="walk">${walk.clock} is on its way to ${time(walk.to)}: at ${time(walk.at)}, ${moments}</label>
<progress id="walk" max="1" value="${share.toFixed(3)}">${Math.round(share * 100)} %</progress>`;
}

/** The whole document, and whether it has to be looked at again. */
export function walkDocument(walk: Walk | null): { text: string; isMoving: boolean } {
  const body = walk === null ? html`<p>No clock is on its way.</p>` : told(walk);
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Progress of the walk</title>
<link rel="stylesheet" href="${base}/style.css">
</head>
<body>${body}</body>
</html>
`;
  return { text, isMoving: walk?.state === "walking" };
}
