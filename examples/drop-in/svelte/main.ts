import { mount } from 'svelte';
import App from './App.svelte';

// The relay that serves this page. On a site of your own, write its address.
const relays = `${location.protocol.replace('http', 'ws')}//${location.host}/gun`;

mount(App, { target: document.getElementById('root')!, props: { relays } });
