import './me.css';

import { useEffect } from 'preact/hooks';

import { SERVER } from '../../api/http.ts';
import { me, may } from '../../live/people.ts';
import { Copy } from '../../parts/Copy.tsx';
import { t } from '../../texts.ts';
import { Tokens } from './Tokens.tsx';

/** By which programs call the API, such as one that makes endpoints of webhooks. */
export function ApiTokens() {
  useEffect(() => {
    document.title = `${t('apiTokens')} · Hark`;
  }, []);
  const own = me.value;
  if (own === undefined) {
    return <main id="main" tabIndex={-1} class="page" aria-busy="true" />;
  }
  const example = `curl ${SERVER}api/hark/v1/endpoints -H "Authorization: Bearer $TOKEN"`;
  return (
    <main id="main" tabIndex={-1} class="page me-page">
      <header class="page-head">
        <h1>{t('apiTokens')}</h1>
      </header>
      <div class="page-body">
        <div class="sections">
          <section aria-labelledby="token-use">
            <h2 id="token-use">{t('howToUseIt')}</h2>
            <p>{t('apiTokensMore')}</p>
            <pre class="code" tabIndex={0}>
              {example}
            </pre>
            <p class="line">
              <Copy text={example} />
              <a href={`${SERVER}docs`} target="_blank" rel="noopener">
                {t('apiReference')}
              </a>
            </p>
          </section>
          {may('create-personal-access-tokens') ? <Tokens user={own._id} /> : <p class="quiet">{t('noTokensForYou')}</p>}
        </div>
      </div>
    </main>
  );
}
