/** The one list of everything the sandbox serves under /v1. */
import type { Route } from "./http/route";
import { eventRoutes } from "./resources/events";
import { webhookEndpointRoutes } from "./resources/webhook-endpoints";

export const routes: readonly Route[] = [...eventRoutes, ...webhookEndpointRoutes];
