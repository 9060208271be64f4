// Who is not signed in: how to come in.
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { Refused, tell } from '../api/ask.ts';
import { type Decode, object, text } from '../api/decode.ts';
import { Mark, Warning } from './icons.tsx';
import { Title } from './title.tsx';

const link: Decode<string> = object((read) => read('url', text));

export function SignIn({ spent }: { readonly spent: boolean }): VNode {
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState<string>();
  const submit = (event: Event): void => {
    event.preventDefault();
    tell('login-links', link, key)
      // The link names where the server was opened first; the key was typed here.
      .then((url) => location.assign(new URL(url).pathname + new URL(url).search))
      .catch((error: unknown) => {
        setProblem(
          error instanceof Refused ? `${error.message} ${error.hint ?? ''}` : 'It failed.',
        );
      });
  };
  return (
    <div class="sign-in card">
      <Mark />
      <Title>Sign in</Title>
      {spent && (
        <p class="outcome warn">
          <Warning /> This link was used already, or is older than ten minutes.
        </p>
      )}
      <p>
        Open the link that <code>signalbox up</code> printed. It opens the console once.
      </p>
      <form onSubmit={submit}>
        <label for="admin-key">Or use an admin key</label>
        <input
          id="admin-key"
          type="password"
          value={key}
          required
          autocomplete="off"
          aria-describedby="key-problem"
          onInput={(event) => setKey(event.currentTarget.value)}
        />
        <button type="submit" class="button accent">
          Sign in
        </button>
        <p id="key-problem" class="problem" role="alert">
          {problem}
        </p>
      </form>
      <p class="soft">
        The operator’s is in the file <code>admin.key</code> of the data folder,{' '}
        <code>.signalbox</code> unless said otherwise. A key of a tenant with the scope{' '}
        <code>admin</code>, <code>audit</code> or <code>finance</code> opens what is of that tenant
        alone.
      </p>
    </div>
  );
}
