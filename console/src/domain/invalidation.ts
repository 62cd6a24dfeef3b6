// Invalidation paths: one on each line, with the rules that the server has.

export function pathsOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter(Boolean);
}

const MAX_PATH = 4000;
const MAX_PLAIN = 3000;
const MAX_WILDCARD = 15;

export function pathsError(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return 'Enter at least one path.';
  const wrong = paths.find((path) => !path.startsWith('/'));
  if (wrong) return `${wrong} must begin with a slash.`;
  const star = paths.find((path) => path.slice(0, -1).includes('*'));
  if (star) return `${star}: an asterisk can only be the last character.`;
  const space = paths.find((path) => /[^\x21-\x7e]/.test(path));
  if (space) return `${space}: spaces and characters beyond ASCII must be percent-encoded.`;
  const long = paths.find((path) => path.length > MAX_PATH);
  if (long) return `${long.slice(0, 40)}…: a path may have at most ${MAX_PATH} characters.`;
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice) return `${twice} is there twice.`;
  const wildcards = paths.filter((path) => path.endsWith('*')).length;
  if (wildcards > MAX_WILDCARD) return `At most ${MAX_WILDCARD} paths with an asterisk can be in progress.`;
  return paths.length - wildcards > MAX_PLAIN ? `At most ${MAX_PLAIN} paths can be in progress.` : undefined;
}
