/** What a page writes by hand that the frameworks' pages say by templates. */
const show = (id, text) => (document.getElementById(id).textContent = text);
const relays = new URLSearchParams(location.search).get('relay') ?? '';
const script = document.querySelector('script[data-edge-net]');
if (script) script.dataset.relays = relays;
else document.querySelector('edge-net-node').setAttribute('relays', relays);

document.addEventListener('edge-net-state', ({ detail }) => show('status', detail.status));

for (const local of ['only', 'never']) {
  document.getElementById(local).addEventListener('click', async () => {
    const node = document.querySelector('edge-net-node');
    const task = { type: 'vector_search', payload: { query: [0, 1, 0], vectors: [[1, 0, 0], [0, 1, 0.1], [0, 0, 1]], k: 1 }, options: { local, redundancy: 2 } };
    await node.submit(task).then((result) => show('result', JSON.stringify(result)), (error) => show('error', String(error)));
  });
}
