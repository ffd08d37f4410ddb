"use client";
export { LoneBrokenPage as default } from "../_components/lone-page";
