import type { CollectionPreferencesProps } from '@cloudscape-design/components/collection-preferences';

import { COLUMN_NAMES } from './columns';

const KEY = 'warmfront-distributions';

const HIDDEN = ['price', 'http'];

const DEFAULT: CollectionPreferencesProps.Preferences = {
  pageSize: 50,
  wrapLines: true,
  contentDisplay: COLUMN_NAMES.map(({ id }) => ({ id, visible: !HIDDEN.includes(id) })),
};

export function storedPreferences(): CollectionPreferencesProps.Preferences {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? 'null') as CollectionPreferencesProps.Preferences | null;
    const known = stored?.contentDisplay?.every(({ id }) => COLUMN_NAMES.some((column) => column.id === id));
    return stored && known && stored.contentDisplay?.length === COLUMN_NAMES.length ? { ...DEFAULT, ...stored } : DEFAULT;
  } catch {
    return DEFAULT;
  }
}

export function storePreferences(preferences: CollectionPreferencesProps.Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // A browser that keeps nothing shows the choice until the page is left.
  }
}
