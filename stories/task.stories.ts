import { stage, type Meta, type Scene, type Story } from './stage.js';

export default { title: 'Task', component: 'edge-net-task' } satisfies Meta;

const PAYLOAD = '<script type="application/json" slot="payload">{"texts": ["a cat on the roof", "a kitten in the sun"], "model": "use-lite"}</script>';
const task = (scene: Scene, attributes = 'type="embedding"', inside = PAYLOAD): Story => ({
  render: () => stage({ answer: 'granted', state: { status: 'idle' }, ...scene }, `<edge-net-task ${attributes}>${inside}</edge-net-task>`),
});

export const Ready = task({});
export const PriceUnknown = task({ pending: ['quote'] });
export const WithFields = task({}, 'type="embedding" max-credits="1"', '<label>Texts, one a line <textarea name="texts" data-type="lines">a cat on the roof\na kitten in the sun</textarea></label><input type="hidden" name="model" value="use-lite">');
export const NoPayload = task({}, 'type="embedding"', '');
export const Offline = task({ state: { status: 'offline' } });
