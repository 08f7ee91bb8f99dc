/** What a framework does that renders on a server. */
import { renderToString } from 'react-dom/server';
import { App } from './App.tsx';

process.stdout.write(renderToString(<App relays="wss://relay.example/gun" />));
