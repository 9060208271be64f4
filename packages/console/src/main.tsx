// The page.
import { render } from 'preact';
import { App } from './app.tsx';
import { showTheme } from './shell/theme.ts';
import './style/base.css';
import './style/shell.css';
import './style/chart.css';
import './style/overview.css';
import './style/requests.css';
import './style/decision.css';
import './style/endpoints.css';
import './style/data-flow.css';
import './style/policies.css';
import './style/consents.css';
import './style/playground.css';
import './style/registry.css';
import './style/print.css';

showTheme();
const root = document.getElementById('root');
if (root !== null) render(<App />, root);
