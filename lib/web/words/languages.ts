import { de } from "./de.ts";
import { en } from "./en.ts";

export const words = { en, de };
export type Language = keyof typeof words;
