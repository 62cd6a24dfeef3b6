// Which field a refusal belongs to.

import type { Failure, Problem } from '../api/failure';

/** The message for a field: of the first problem at one of these paths or below. */
export function messageAt(problems: readonly Problem[], ...paths: string[]): string | undefined {
  return problems.find((problem) => paths.some((path) => isAt(problem.path, path)))?.message;
}

/** Problems that none of the form's fields shows. */
export function elsewhere(failure: Failure | null, paths: readonly string[]): Problem[] {
  return (failure?.problems ?? []).filter((problem) => !paths.some((path) => isAt(problem.path, path)));
}

function isAt(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}
