import { SNIPPET } from '../live/setup.ts';
import { Copy } from './Copy.tsx';

/** The one line that a site needs. */
export function SnippetCode() {
  const { before, address, after } = SNIPPET;
  return (
    <div class="snippet">
      <pre class="code" tabIndex={0}>
        <code>
          {before.slice(0, -1)}
          <i>{`"${address}"`}</i>
          {after.slice(1)}
        </code>
      </pre>
      <Copy text={`${before}${address}${after}`} />
    </div>
  );
}
