// The package has no types of its own; the clients want of it what browsers have.
declare module 'ws' {
  export const WebSocket: typeof globalThis.WebSocket;
}
