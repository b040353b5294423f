// What a server would say to the parts that ask one.

const HALF_HOUR_MS = 1_800_000;

interface Half {
  readonly delivered: number;
  readonly failedAttempts: number;
}

/** A working day, up to this half hour. */
function dayOf(half: (place: number) => Half): () => object {
  return () => {
    const last = Math.floor(Date.now() / HALF_HOUR_MS) * HALF_HOUR_MS;
    const items = Array.from({ length: 48 }, (_, place) => ({
      from: new Date(last - (47 - place) * HALF_HOUR_MS).toISOString(),
      firstRequests: 0,
      firstRequestAfterMs: null,
      firstRequestsWithin: [],
      ...half(place),
    }));
    return { items };
  };
}

const busyness = (place: number): number => Math.round(30 * Math.max(0, Math.sin(((place - 14) / 32) * Math.PI)));

/** Of a method of the real-time API. */
const result = (value: unknown) => () => ({ success: true, message: JSON.stringify({ msg: 'result', id: '1', result: value }) });

export const ANSWERS: Readonly<Record<string, () => object>> = {
  '/api/hark/v1/endpoints/crm/half-hours': dayOf((place) => ({ delivered: busyness(place), failedAttempts: 0 })),
  '/api/hark/v1/endpoints/desk/half-hours': dayOf((place) => ({ delivered: place < 34 ? busyness(place) : 0, failedAttempts: place < 34 ? 0 : 4 + (place % 5) })),
  '/api/hark/v1/endpoints/new/half-hours': () => ({ items: [] }),
  '/api/v1/canned-responses.get': () => ({
    responses: [
      { _id: 'replace', shortcut: 'replace', text: 'No need, {{contact.name}}. A new piece leaves our workshop this afternoon, and it costs you nothing.', scope: 'global', tags: ['replacement'], uses: 38 },
      { _id: 'return', shortcut: 'return', text: 'How to return: put it into the box in which it came, and write KC on it.', scope: 'user', tags: [], uses: 4 },
      { _id: 'refund', shortcut: 'refund', text: 'Your refund is on its way.', scope: 'user', tags: [], uses: 0 },
    ],
  }),
  '/api/v1/livechat/agents/priya/departments': () => ({ departments: [] }),
  '/api/v1/livechat/department': () => ({ departments: [], total: 0 }),
  '/api/v1/livechat/users/agent': () => ({ users: [{ _id: 'tomas', username: 'tomas', name: 'Tomás Field', status: 'online' }], total: 1 }),
  '/api/v1/me': () => ({ _id: 'priya', username: 'priya', name: 'Priya Raman', roles: ['livechat-agent'], status: 'online', avatarETag: '1' }),
  '/api/v1/method.call/permissions%2Fget': result([
    { _id: 'manage-livechat-webhooks', roles: ['admin', 'livechat-manager'] },
    ...['view-l-room', 'view-canned-responses', 'on-hold-livechat-room'].map((_id) => ({ _id, roles: ['livechat-agent'] })),
  ]),
  '/api/v1/method.call/public-settings%2Fget': result([]),
  '/api/v1/users.list': () => ({
    users: [
      { _id: 'mara', username: 'mara', name: 'Mara Lindqvist', active: true, roles: ['admin'] },
      { _id: 'jonas', username: 'jonas', name: 'Jonas Keller', active: true, roles: ['livechat-manager'] },
    ],
  }),
};

export const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#d9b48f"/><circle cx="20" cy="16" r="8" fill="#5b3a29"/><path d="M4 40a16 14 0 0 1 32 0" fill="#2f6f5c"/></svg>';
