import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';

const relays = new URLSearchParams(location.search).get('relay') ?? '';
createRoot(document.getElementById('root')!).render(<StrictMode><App relays={relays} /></StrictMode>);
