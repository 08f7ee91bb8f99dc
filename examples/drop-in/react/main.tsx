import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';

// The relay that serves this page. On a site of your own, write its address.
const relays = `${location.protocol.replace('http', 'ws')}//${location.host}/gun`;

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App relays={relays} />
  </StrictMode>,
);
