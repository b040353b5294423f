// A Hark with its live chat, as those who answer visitors and those who manage them call it.

import { expect, vi } from 'vitest';

import { type Server, startServer } from './server.ts';

/** What an answer of the API is made of, as far as a test asks for it. */
export type Document = Record<string, unknown>;

/** Someone who is logged in over REST, or nobody. */
export class Caller {
  readonly #url: string;
  readonly credentials: Readonly<Record<string, string>>;

  constructor(url: string, credentials: Readonly<Record<string, string>> = {}) {
    this.#url = url;
    this.credentials = credentials;
  }

  /** The id of the account. */
  get id(): string {
    return this.credentials['X-User-Id'] ?? '';
  }

  get token(): string {
    return this.credentials['X-Auth-Token'] ?? '';
  }

  async ask<T = Document>(path: string): Promise<T> {
    return this.#call<T>('GET', path);
  }

  async tell<T = Document>(path: string, body: unknown): Promise<T> {
    return this.#call<T>('POST', path, {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** Of Hark's own API. */
  async make(path: string, body: unknown): Promise<void> {
    const answer = await fetch(`${this.#url}api/hark/v1/${path}`, {
      method: 'POST',
      headers: { ...this.credentials, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    expect(answer.status, `${path}: ${text}`).toBe(201);
  }

  async remove<T = Document>(path: string): Promise<T> {
    return this.#call<T>('DELETE', path);
  }

  async send<T = Document>(path: string, form: FormData): Promise<T> {
    return this.#call<T>('POST', path, { body: form });
  }

  async #call<T>(
    method: string,
    path: string,
    more: { readonly headers?: Readonly<Record<string, string>>; readonly body?: BodyInit } = {},
  ): Promise<T> {
    const answer = await fetch(`${this.#url}api/v1/${path}`, {
      ...more,
      method,
      headers: { ...this.credentials, ...more.headers },
    });
    const text = await answer.text();
    expect(answer.status, `${method} ${path}: ${text}`).toBe(200);
    return JSON.parse(text) as T;
  }
}

export interface Agent {
  readonly caller: Caller;
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly password: string;
}

export interface Room extends Document {
  readonly _id: string;
  readonly open?: boolean;
  readonly departmentId?: string;
  readonly servedBy?: { readonly username: string };
  readonly ts: string;
  readonly v: {
    readonly username: string;
    readonly name?: string;
    readonly token: string;
    readonly status: string;
  };
}

const ADMIN = { user: 'admin', password: 'secret-of-admin' };

export class Desk {
  readonly server: Server;
  readonly admin: Caller;
  readonly anyone: Caller;

  private constructor(server: Server, admin: Caller) {
    this.server = server;
    this.admin = admin;
    this.anyone = new Caller(server.url);
  }

  /** Chats are offered to nobody by themselves: a test says who takes which. */
  static async open(rateLimit: 'on' | 'off' = 'off', more: readonly string[] = []): Promise<Desk> {
    const server = await startServer({
      options: ['--rate-limit', rateLimit, '--webhook-allow', '127.0.0.0/8', ...more],
      environment: {
        ADMIN_USERNAME: ADMIN.user,
        ADMIN_PASS: ADMIN.password,
        ADMIN_EMAIL: 'admin@example.org',
        ADMIN_NAME: 'Ada Admin',
      },
    });
    try {
      const desk = new Desk(server, await logIn(server.url, ADMIN));
      await desk.set('Livechat_Routing_Method', 'Manual_Selection');
      return desk;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** As clients are given it, without a slash at the end. */
  get url(): string {
    return this.server.url.replace(/\/$/, '');
  }

  async set(id: string, value: unknown): Promise<void> {
    await this.admin.tell(`settings/${id}`, { value });
  }

  /** Mail is taken and waits; nobody has to be there to whom it goes. */
  async acceptMail(): Promise<void> {
    await this.set('SMTP_Host', '127.0.0.1');
    await this.set('SMTP_Port', '9');
    await this.set('From_Email', 'desk@example.org');
  }

  /** Someone who answers visitors, there and available. */
  async agent(username: string, name: string): Promise<Agent> {
    const password = `secret-of-${username}`;
    await this.admin.tell('users.create', {
      username,
      name,
      password,
      email: `${username}@example.org`,
      roles: ['user', 'livechat-agent'],
      verified: true,
    });
    const caller = await logIn(this.server.url, { user: username, password });
    const agent = { caller, id: caller.id, username, name, password };
    await this.status(agent, 'online');
    await this.available(agent, true);
    return agent;
  }

  async status(agent: Agent, status: string): Promise<void> {
    await agent.caller.tell('users.setStatus', { status, message: '' });
  }

  async available(agent: Agent, is: boolean): Promise<void> {
    const status = is ? 'available' : 'not-available';
    await agent.caller.tell('livechat/agent.status', { status });
  }

  /** A department that the forms offer; answers its id. */
  async department(name: string, agents: readonly Agent[]): Promise<string> {
    const made = await this.admin.tell<{ department: { _id: string } }>('livechat/department', {
      department: {
        name,
        email: 'department@example.org',
        enabled: true,
        showOnRegistration: true,
        showOnOfflineForm: true,
      },
      agents: agents.map(({ id }) => ({ agentId: id })),
    });
    return made.department._id;
  }

  /** A field that visitors must fill in, in a form that a regular expression may say. */
  async field(id: string, label: string, regexp = ''): Promise<void> {
    const field = {
      field: id,
      label,
      scope: 'visitor',
      visibility: 'visible',
      type: 'input',
      regexp,
      required: true,
      public: true,
    };
    expect(await this.method('livechat:saveCustomField', null, field)).toMatchObject({ _id: id });
  }

  /** What some pages of Rocket.Chat call instead of the API; answers its result. */
  async method(name: string, ...params: readonly unknown[]): Promise<unknown> {
    const message = JSON.stringify({ msg: 'method', id: '1', method: name, params });
    const answer = await this.admin.tell<{ message: string }>(`method.call/${encodeURIComponent(name)}`, { message });
    const { result, error } = JSON.parse(answer.message) as { result?: unknown; error?: unknown };
    expect([name, error]).toEqual([name, undefined]);
    return result;
  }

  /** Webhooks go there from now on. */
  async endpoint(endpoint: object): Promise<void> {
    await this.admin.make('endpoints', endpoint);
  }

  async rooms(): Promise<Room[]> {
    return (await this.admin.ask<{ rooms: Room[] }>('livechat/rooms?count=0')).rooms;
  }

  async room(rid: string): Promise<Room> {
    const found = (await this.rooms()).find(({ _id }) => _id === rid);
    if (found === undefined) {
      throw new Error(`There is no room ${rid}.`);
    }
    return found;
  }

  /** The open chat of the visitor of this name. */
  async chatWith(name: string): Promise<Room | undefined> {
    return (await this.rooms()).find((room) => room.open === true && room.v.name === name);
  }

  /** The agent takes a chat that waits. */
  async take(agent: Agent, rid: string): Promise<void> {
    const { inquiry } = await this.admin.ask<{ inquiry: { _id: string } }>(
      `livechat/inquiries.getOne?roomId=${rid}`,
    );
    await agent.caller.tell('livechat/inquiries.take', { inquiryId: inquiry._id });
  }

  /** The agent says something; answers the message's id. */
  async say(agent: Agent, rid: string, text: string): Promise<string> {
    const said = await agent.caller.tell<{ message: { _id: string } }>('chat.postMessage', {
      roomId: rid,
      text,
    });
    return said.message._id;
  }

  async close(agent: Agent, rid: string): Promise<void> {
    await agent.caller.tell('livechat/room.closeByUser', { rid, comment: 'Solved' });
  }

  /** Until so many chats are found by words: these are known a second after they were said. */
  async findsBy(words: string, chats: number): Promise<void> {
    const found = async (): Promise<void> => {
      const answer = await fetch(`${this.server.url}api/hark/v1/conversations/search?words=${encodeURIComponent(words)}`, {
        headers: this.admin.credentials,
      });
      const { items } = (await answer.json()) as { readonly items: readonly unknown[] };
      expect(items).toHaveLength(chats);
    };
    await vi.waitFor(found, { timeout: 10_000 });
  }

  async restart(): Promise<void> {
    await this.server.restart();
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}

async function logIn(
  url: string,
  who: { readonly user: string; readonly password: string },
): Promise<Caller> {
  const answer = await new Caller(url).tell<{ data: { userId: string; authToken: string } }>(
    'login',
    who,
  );
  const { userId, authToken } = answer.data;
  return new Caller(url, { 'X-User-Id': userId, 'X-Auth-Token': authToken });
}
