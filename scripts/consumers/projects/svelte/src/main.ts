import { mount } from 'svelte';
import App from './App.svelte';

mount(App, { target: document.getElementById('root')!, props: { relays: new URLSearchParams(location.search).get('relay') ?? '' } });
