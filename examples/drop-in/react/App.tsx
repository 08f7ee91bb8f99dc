import type { EdgeNetNode, NodeState } from '@ruvector/edge-net';
import type {} from '@ruvector/edge-net/types/jsx';
import { type FormEvent, useRef, useState } from 'react';
import { deskTask, foundBy, type Match, MESSAGE } from '../desks.js';
import { useTask } from './useTask.js';

export function App({ relays }: { readonly relays: string }) {
  const [isShown, setShown] = useState(true);
  return (
    <>
      {isShown && <Desk relays={relays} />}
      <div className="actions across">
        <button type="button" onClick={() => setShown(!isShown)}>
          {isShown ? 'Take it off the page' : 'Put it back'}
        </button>
        <span className="faint">A node that leaves the page and comes back within two seconds keeps its connection.</span>
      </div>
    </>
  );
}

function Desk({ relays }: { readonly relays: string }) {
  const node = useRef<EdgeNetNode>(null);
  const [state, setState] = useState<NodeState>();
  const [message, setMessage] = useState(MESSAGE);
  const { isRunning, price, progress, result, error, start, cancel } = useTask();

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void start(deskTask(message));
  };

  return (
    <>
      <section className="panel" aria-labelledby="desk-heading">
        <h2 id="desk-heading">Which desk is this for?</h2>
        <form onSubmit={submit}>
          <label>
            What a customer wrote
            <input value={message} onChange={(event) => setMessage(event.target.value)} required />
          </label>
          <div className="actions">
            <button className="primary" disabled={isRunning}>Find the desk</button>
            {isRunning && <button type="button" onClick={cancel}>Cancel</button>}
            {price !== undefined && <span className="faint">{price} credits</span>}
          </div>
        </form>
        {isRunning && <progress aria-label="Results" max={progress?.total || undefined} value={progress?.total ? progress.loaded : undefined} />}
        {result && (
          <ol className="ranked" aria-label="Desks">
            {(result['matches'] as Match[][])[0]!.map(({ id, score }) => (
              <li key={id} style={{ '--share': `${Math.max(0, score) * 100}%` } as React.CSSProperties}>
                <span>{id}</span> <b>{score.toFixed(2)}</b>
              </li>
            ))}
          </ol>
        )}
        <p role="status">{result && `Found by ${foundBy(result.workers, result.verified)}.`}</p>
        <p className="error" role="alert">{error && (error.code === 'aborted' ? 'Cancelled. What was set aside comes back.' : `${error.message} (${error.code})`)}</p>
      </section>
      <div className="stack">
        <section className="panel" aria-labelledby="node-heading">
          <h2 id="node-heading">The node</h2>
          <p>
            It is <b>{state?.status ?? 'not here yet'}</b>, and sees {state?.stats.peers ?? 0} others.
          </p>
          <button type="button" onClick={() => node.current?.requestConsent()}>Contribute…</button>
        </section>
        <edge-net-widget />
        <edge-net-node ref={node} relays={relays} prompt="manual" cpuLimit={0.2} onedge-net-state={(event) => setState(event.detail)} />
      </div>
    </>
  );
}
