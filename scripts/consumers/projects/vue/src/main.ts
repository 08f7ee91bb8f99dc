import { createApp } from 'vue';
import App from './App.vue';

createApp(App, { relays: new URLSearchParams(location.search).get('relay') ?? '' }).mount('#root');
