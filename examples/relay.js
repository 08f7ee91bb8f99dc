/**
 * In these examples the relay that serves the page is the relay of its network, wherever `npm start` put it. On a site of your own
 * write relays="wss://…/gun" in the tag (data-relays in a script tag) instead, and leave this file out.
 */
{
  const relay = `${location.protocol.replace('http', 'ws')}//${location.host}/gun`;
  for (const node of document.querySelectorAll('edge-net-node:not([relays])')) node.setAttribute('relays', relay);
  // The script reads its tag after the page has loaded.
  for (const tag of document.querySelectorAll('script[data-site-id]:not([data-relays])')) tag.dataset.relays = relay;
}
