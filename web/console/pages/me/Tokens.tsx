import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { millis, type PersonalToken } from '../../api/documents.ts';
import { makeToken, readTokens, removeToken } from '../../live/profile.ts';
import { Copy } from '../../parts/Copy.tsx';
import { ExportButton } from '../../parts/ExportButton.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Switch } from '../../parts/Switch.tsx';
import { t, when } from '../../texts.ts';
import { useAttempt } from '../../parts/attempt.ts';

interface Made {
  readonly name: string;
  readonly token: string;
}

export function Tokens({ user }: { readonly user: string }) {
  const all = useSignal<readonly PersonalToken[] | undefined>(undefined);
  const name = useSignal('');
  const isUnasked = useSignal(false);
  const made = useSignal<Made | undefined>(undefined);
  const { fault, isBusy, run } = useAttempt();
  const look = async (): Promise<void> => {
    all.value = await readTokens();
  };
  useEffect(() => run(look), []);
  const make = (): void =>
    run(async () => {
      const wanted = name.peek().trim();
      made.value = { name: wanted, token: await makeToken(wanted, isUnasked.peek()) };
      name.value = '';
      await look();
    });
  const remove = (wanted: string): void =>
    run(async () => {
      await removeToken(wanted);
      made.value = made.peek()?.name === wanted ? undefined : made.peek();
      await look();
    });
  const table = () => [
    [t('tokenName'), t('tokenCreated'), t('tokenEnd')],
    ...(all.peek() ?? []).map(({ name: own, createdAt, lastTokenPart }) => [own, createdAt, lastTokenPart]),
  ];
  return (
    <section aria-labelledby="tokens">
      <h2 id="tokens">{t('personalTokens')}</h2>
      <p>{t('personalTokensMore')}</p>
      <p class="meta">
        {t('userIdIs')} <span class="mono">{user}</span>
      </p>
      {all.value?.length === 0 ? <p class="meta">{t('noTokens')}</p> : null}
      {all.value === undefined || all.value.length === 0 ? null : (
        <p class="line">
          <span class="push" />
          <ExportButton name={t('personalTokens')} table={table} />
        </p>
      )}
      <ul class="tokens">
        {all.value?.map((token) => (
          <li key={token.name}>
            <Icon name="key" />
            <span class="cut-text">
              <bdi class="strong">{token.name}</bdi>{' '}
              <span class="meta">
                {t('madeOn', { date: when(millis(token.createdAt), Date.now()), end: token.lastTokenPart })}
              </span>
            </span>
            <span class="push" />
            <button
              type="button"
              class="icon-button small"
              aria-label={t('removeNamed', { name: token.name })}
              title={t('removeNamed', { name: token.name })}
              onClick={() => remove(token.name)}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      {made.value === undefined ? null : (
        <div class="once" role="status">
          <p>{t('tokenMade', { name: made.value.name })}</p>
          <p class="line">
            <span class="mono">{made.value.token}</span>
            <Copy text={made.value.token} />
          </p>
        </div>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <div class="field">
          <label for="token-name">{t('tokenName')}</label>
          <input
            id="token-name"
            class="input"
            required
            maxLength={200}
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </div>
        <Switch
          label={t('noCodeForToken')}
          on={isUnasked.value}
          change={(on) => {
            isUnasked.value = on;
          }}
        />
        <FaultLine words={fault.value} />
        <button type="submit" class="button" aria-disabled={isBusy.value}>
          <Icon name="plus" />
          {t('createToken')}
        </button>
      </form>
    </section>
  );
}
