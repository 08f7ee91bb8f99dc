import { createApp } from 'vue';
import App from './App.vue';

// The relay that serves this page. On a site of your own, write its address.
const relays = `${location.protocol.replace('http', 'ws')}//${location.host}/gun`;

createApp(App, { relays }).mount('#root');
