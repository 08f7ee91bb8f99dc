import '../frame.css';

export default { parameters: { layout: 'fullscreen' } };
