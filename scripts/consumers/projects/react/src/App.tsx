import EdgeNet, { type Task, type TaskResult } from '@ruvector/edge-net';
import type {} from '@ruvector/edge-net/types/jsx';
import { useState } from 'react';

const search = (local: 'only' | 'never'): Task => ({
  type: 'vector_search',
  payload: { query: [0, 1, 0], vectors: [[1, 0, 0], [0, 1, 0.1], [0, 0, 1]], k: 1 },
  options: { local, redundancy: 2 },
});

export function App({ relays }: { readonly relays: string }) {
  const [status, setStatus] = useState('');
  const [result, setResult] = useState<TaskResult>();
  const [error, setError] = useState('');
  const run = (local: 'only' | 'never') => () => {
    EdgeNet.submit(search(local)).then(setResult, (reason: Error) => setError(String(reason)));
  };
  return (
    <>
      <edge-net-node
        base="/edge-net/"
        relays={relays}
        consent="granted"
        cpuLimit={0.2}
        min-idle-time="1"
        onedge-net-state={(event) => setStatus(event.detail.status)}
      />
      <edge-net-widget theme="dark" className="corner" />
      <output id="status">{status}</output>
      <output id="result">{result && JSON.stringify(result)}</output>
      <output id="error">{error}</output>
      <button id="only" onClick={run('only')}>Here</button>
      <button id="never" onClick={run('never')}>By the network</button>
    </>
  );
}

/** What the types have to refuse. */
export const wrong = [
  // @ts-expect-error no such word
  <edge-net-node key="consent" consent="perhaps" />,
  // @ts-expect-error a number, or text of one
  <edge-net-node key="limit" cpu-limit="a third" />,
  // @ts-expect-error the detail has no such field
  <edge-net-node key="detail" onedge-net-state={(event) => event.detail.nothing} />,
];
