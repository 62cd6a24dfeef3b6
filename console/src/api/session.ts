// Signing in and out. The key pair is sent once and kept nowhere; the cookie is out of any script's reach.

import { request } from './http';
import type { Session } from './types';

const PATH = '/console/session';

export async function readSession(signal?: AbortSignal): Promise<Session> {
  return (await request<Session>(PATH, { signal })).body;
}

export async function signIn(accessKeyId: string, secretAccessKey: string): Promise<void> {
  await request(PATH, { method: 'POST', body: { accessKeyId, secretAccessKey } });
}

export async function signOut(): Promise<void> {
  await request(PATH, { method: 'DELETE' });
}
