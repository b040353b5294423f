// A Hark with its live chat, as those who answer visitors and those who manage them call it.

import { type Server, startServer } from '../server.ts';
import { at, type Document, isDocument, list, text } from './documents.ts';

/** Someone who is logged in over REST, or nobody. */
export class Caller {
  readonly #url: string;
  readonly id: string;
  readonly token: string;

  constructor(url: string, id = '', token = '') {
    this.#url = url;
    this.id = id;
    this.token = token;
  }

  get credentials(): Record<string, string> {
    return this.token === '' ? {} : { 'X-User-Id': this.id, 'X-Auth-Token': this.token };
  }

  async ask(path: string): Promise<Document> {
    return this.#call('GET', path);
  }

  async tell(path: string, body: unknown): Promise<Document> {
    return this.#call('POST', path, JSON.stringify(body), {
      'Content-Type': 'application/json',
    });
  }

  async remove(path: string): Promise<Document> {
    return this.#call('DELETE', path);
  }

  async send(path: string, form: FormData): Promise<Document> {
    return this.#call('POST', path, form);
  }

  async #call(
    method: string,
    path: string,
    body?: string | FormData,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Document> {
    const answer = await fetch(`${this.#url}/api/v1/${path}`, {
      method,
      headers: { ...this.credentials, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const said: unknown = await answer.json();
    if (!answer.ok || !isDocument(said)) {
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`);
    }
    return said;
  }
}

export interface Agent {
  readonly caller: Caller;
  readonly id: string;
  readonly username: string;
  readonly password: string;
}

const ADMIN = { user: 'admin', password: 'secret-of-admin' };

export class Desk {
  /** As the clients are given it, without a slash at the end. */
  readonly url: string;
  readonly admin: Caller;
  readonly anyone: Caller;
  readonly #server: Server;

  private constructor(server: Server, url: string, admin: Caller) {
    this.#server = server;
    this.url = url;
    this.admin = admin;
    this.anyone = new Caller(url);
  }

  /** Chats are given to nobody by themselves: a test says who takes which. */
  static async open(): Promise<Desk> {
    const server = await startServer({
      options: ['--rate-limit', 'off'],
      environment: {
        ADMIN_USERNAME: ADMIN.user,
        ADMIN_PASS: ADMIN.password,
        ADMIN_EMAIL: 'admin@example.org',
        ADMIN_NAME: 'Ada Admin',
      },
    });
    try {
      const url = server.url.replace(/\/$/, '');
      const desk = new Desk(server, url, await logIn(url, ADMIN));
      await desk.set('Livechat_Routing_Method', 'Manual_Selection');
      return desk;
    } catch (error) {
      await server.stop();
      throw error;
    }
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
    const caller = await logIn(this.url, { user: username, password });
    const agent = { caller, id: caller.id, username, password };
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
    const made = await this.admin.tell('livechat/department', {
      department: {
        name,
        email: 'department@example.org',
        enabled: true,
        showOnRegistration: true,
        showOnOfflineForm: true,
      },
      agents: agents.map(({ id }) => ({ agentId: id })),
    });
    return text(made, 'department', '_id');
  }

  /** Something that visitors must fill in. */
  async field(id: string, label: string): Promise<void> {
    const field = {
      field: id,
      label,
      scope: 'visitor',
      visibility: 'visible',
      type: 'input',
      regexp: '',
      required: true,
      public: true,
    };
    const method = 'livechat:saveCustomField';
    const frame = { msg: 'method', id: '1', method, params: [null, field] };
    const answer = await this.admin.tell(`method.call/${encodeURIComponent(method)}`, {
      message: JSON.stringify(frame),
    });
    const result: unknown = JSON.parse(text(answer, 'message'));
    if (at(result, 'result', '_id') !== id) {
      throw new Error(`The field ${id} is not there: ${text(answer, 'message')}`);
    }
  }

  async rooms(): Promise<unknown[]> {
    return list(await this.admin.ask('livechat/rooms?count=0'), 'rooms');
  }

  async room(rid: string): Promise<unknown> {
    return (await this.rooms()).find((room) => at(room, '_id') === rid);
  }

  /** The open chat of the visitor of this name. */
  async chatWith(name: string): Promise<unknown> {
    const rooms = await this.rooms();
    return rooms.find((room) => at(room, 'open') === true && at(room, 'fname') === name);
  }

  /** The agent takes a chat that waits. */
  async take(agent: Agent, rid: string): Promise<void> {
    const found = await this.admin.ask(`livechat/inquiries.getOne?roomId=${rid}`);
    await agent.caller.tell('livechat/inquiries.take', {
      inquiryId: text(found, 'inquiry', '_id'),
    });
  }

  /** The agent says something; answers the message's id. */
  async say(agent: Agent, rid: string, words: string): Promise<string> {
    const said = await agent.caller.tell('chat.postMessage', { roomId: rid, text: words });
    return text(said, 'message', '_id');
  }

  async close(agent: Agent, rid: string): Promise<void> {
    await agent.caller.tell('livechat/room.closeByUser', { rid, comment: 'Solved' });
  }

  async restart(): Promise<void> {
    await this.#server.restart();
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }
}

async function logIn(
  url: string,
  who: { readonly user: string; readonly password: string },
): Promise<Caller> {
  const { data } = await new Caller(url).tell('login', who);
  return new Caller(url, text(data, 'userId'), text(data, 'authToken'));
}
