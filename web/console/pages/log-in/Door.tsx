import './log-in.css';

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

import { type Site, site } from '../../api/entry.ts';
import { SERVER } from '../../api/http.ts';
import { Logo } from '../../parts/Icon.tsx';
import { Language } from '../../parts/Language.tsx';
import { t } from '../../texts.ts';
import { Waves } from './Waves.tsx';

interface Props {
  readonly title: string;
  readonly intro: string;
  readonly children: (site: Site) => ComponentChildren;
}

/** What those see who are not logged in. */
export function Door({ title, intro, children }: Props) {
  const here = useSignal<Site>({ name: '', resetsPasswords: false });
  useEffect(() => {
    document.title = `${title} · Hark`;
  }, [title]);
  useEffect(() => {
    const look = async (): Promise<void> => {
      here.value = await site().catch(() => here.peek());
    };
    void look();
  }, []);
  return (
    <main class="door">
      <section class="form">
        <div class="brand">
          <Logo size={36} />
          <bdi>{here.value.name === '' ? 'Hark' : here.value.name}</bdi>
        </div>
        <h1>{title}</h1>
        <p>{intro}</p>
        {children(here.value)}
        <footer>
          <Language />
          <a href={`${SERVER}about`}>{t('aboutServer')}</a>
        </footer>
      </section>
      <div class="side">
        <Waves />
      </div>
    </main>
  );
}
