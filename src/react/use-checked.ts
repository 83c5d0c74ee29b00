'use client';

import { useEffect } from 'react';
import { warnOnce } from '../core/foundation/warn-once.js';
import type { BroadcasterInstance, LogEntry } from '../core/index.js';
import { callBack } from './call-back.js';

/** The rule for a prop: a test, and the words for the values that pass it. */
export type Kind = readonly [isRight: (value: unknown) => boolean, wanted: string];

/** Checked elsewhere. */
export const ANYTHING: Kind = [() => true, ''];
export const BOOLEAN: Kind = [(value) => typeof value === 'boolean', 'true or false'];
export const TEXT: Kind = [(value) => typeof value === 'string', 'a text'];
export const FUNCTION: Kind = [(value) => typeof value === 'function', 'a function'];
export const OBJECT: Kind = [isRecord, 'an object'];
export const NUMBER: Kind = [Number.isFinite, 'a number'];
export const BROADCASTER: Kind = [isBroadcaster, 'a broadcaster, as useBroadcaster returns one'];

/** Whether this can be read and listened to as a broadcaster. */
export function isBroadcaster(value: unknown): value is BroadcasterInstance {
  return passes((it) => {
    return isRecord(it) && ['getSnapshot', 'subscribe'].every((name) => FUNCTION[0](it[name]));
  }, value);
}

/** Which props have to be what. */
export type Kinds<Props> = { readonly [Name in keyof Props]?: Kind };

/** Props of every element over which React throws or stumbles where they have a wrong type. */
const OF_ELEMENTS: Readonly<Record<string, Kind>> = { style: OBJECT, className: TEXT };

/**
 * The props without those that cannot be used, which are left at their defaults; each is told of
 * once, to the app's logger or else on the console. Nothing is thrown, whatever is given.
 */
export function useChecked<Props extends object>(
  owner: string,
  given: Props | null | undefined,
  kinds: Kinds<Props>,
): Props {
  const props: Record<string, unknown> = {};
  let complaints = '';
  const entries = entriesOf(given);
  for (const [name, value] of entries ?? []) {
    const kind =
      ownOf<Kind>(kinds, name) ??
      ownOf<Kind>(OF_ELEMENTS, name) ??
      (/^on[A-Z]/.test(name) ? FUNCTION : null);
    // As everywhere in React, null is nothing.
    if (kind !== null && (value === null || value === undefined)) continue;
    if (kind === null || passes(kind[0], value)) props[name] = value;
    else complaints += `${owner}: ${name} is not ${kind[1]}; it is left out.\n`;
    const meant =
      kind === null ? Object.keys(kinds).find((word) => isAlike(word, name)) : undefined;
    if (meant !== undefined) complaints += `${owner} has no ${name}. Did you mean ${meant}?\n`;
  }
  if (entries === null) {
    complaints += `${owner} takes an object of options, and was given none that can be read.\n`;
  }
  useComplaints(complaints, props['logger']);
  return props as Props;
}

/** Tells of faults of the app, one to a line, once each. */
export function useComplaints(complaints: string, logger?: unknown): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new logger hears nothing again.
  useEffect(() => {
    for (const message of complaints.split('\n').slice(0, -1)) {
      if (typeof logger !== 'function') warnOnce(message);
      else {
        const entry: LogEntry = { at: Date.now(), level: 'warn', message };
        callBack(logger as (entry: LogEntry) => void, entry);
      }
    }
  }, [complaints]);
}

/** Tells an object that has these texts, and nothing but texts. */
export function textsOf(...names: readonly string[]): Kind[0] {
  return (value) => {
    if (!isRecord(value)) return false;
    const given = Object.values(value).filter((text) => text !== undefined);
    return given.every(TEXT[0]) && names.every((name) => TEXT[0](value[name]));
  };
}

/** A value that cannot even be read is not right either. */
function passes(isRight: Kind[0], value: unknown): boolean {
  try {
    return isRight(value);
  } catch {
    return false;
  }
}

/** `null` where there are none to be had of it. */
function entriesOf(given: unknown): readonly (readonly [string, unknown])[] | null {
  try {
    if (given === null || given === undefined) return [];
    return isRecord(given) ? Object.entries(given) : null;
  } catch {
    return null;
  }
}

function ownOf<Value>(table: object, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? Reflect.get(table, name) : undefined;
}

function isAlike(name: string, typed: string): boolean {
  return name.toLowerCase() === typed.toLowerCase();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
