import { EdgeNetError } from '../src/elements/edge-net.js';
import { nextFrame, press, stage, until, type Stage, type Meta, type Scene, type Story } from './stage.js';

export default { title: 'Task', component: 'edge-net-task' } satisfies Meta;

const PAYLOAD = '<script type="application/json" slot="payload">{"texts": ["a cat on the roof", "a kitten in the sun"], "model": "use-lite"}</script>';
const task = (scene: Scene, attributes = 'type="embedding"', inside = PAYLOAD): Story => ({
  render: () => stage({ answer: 'granted', state: { status: 'idle' }, ...scene, then: (stood) => priced(stood).then(() => scene.then?.(stood)) }, `<edge-net-task ${attributes}>${inside}</edge-net-task>`),
});

export const Ready = task({});
export const PriceUnknown = task({ pending: ['quote'] });
export const WithFields = task({}, 'type="embedding" max-credits="1"', '<label>Texts, one a line <textarea name="texts" data-type="lines">a cat on the roof\na kitten in the sun</textarea></label><input type="hidden" name="model" value="use-lite">');
export const NoPayload = task({}, 'type="embedding"', '');
export const Running = task({ then: async (stood) => void (await started(stood)) });
export const HalfWay = task({ then: async (stood) => (await started(stood)).task.options!.onProgress!({ taskId: 'task', phase: 'results', loaded: 1, total: 2 }) });
export const Verified = task({ then: async (stood) => (await started(stood)).resolve({ taskId: 't'.repeat(22), cost: 0.2, workers: ['a'.repeat(43), 'b'.repeat(43)], verified: true, embeddings: [VECTOR, VECTOR], dims: VECTOR.length }) });
export const DoneHere = task({ then: async (stood) => (await started(stood)).resolve({ taskId: 't'.repeat(22), cost: 0, workers: ['local'], verified: false, embeddings: [VECTOR, VECTOR], dims: VECTOR.length }) });
export const Failed = task({ then: async (stood) => (await started(stood)).reject(new EdgeNetError('no-workers', 'No worker took the task in time. Try again later, or allow local: "fallback".')) });
export const Offline = task({ state: { status: 'offline' } });

const VECTOR = Array.from({ length: 512 }, (_, at) => Math.sin(at) / 16);

/** The price is asked for a moment after the last change, where there is a payload. */
async function priced({ root, time, engine }: Stage): Promise<void> {
  time.pass(1_000);
  if (engine && root.querySelector('edge-net-task')!.childElementCount > 0) await until(() => engine.quotes > 0);
  for (let frame = 0; frame < 3; frame++) await nextFrame();
}

async function started({ root, engine, time }: Stage): Promise<NonNullable<Stage['engine']>['submissions'][number]> {
  await press(root, 'edge-net-task', '.run[aria-disabled=false]');
  const submission = await until(() => engine!.submissions[0]);
  time.pass(640);
  return submission;
}
