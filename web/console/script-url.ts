// The page's policy lets scripts come to life by their address through one policy of trusted types only, which can be made once.
interface Policy {
  createScriptURL(url: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

let policy: Policy | undefined;

/** The address of a worker of Hark's own, as the browser takes it. */
export function scriptUrl(url: string): string {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('hark-worker', { createScriptURL: (asked) => asked });
  return policy?.createScriptURL(url) ?? url;
}
