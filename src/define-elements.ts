import { defineElements } from './elements.js';

/** For pages without a bundler: one tag, `<script type="module" src="/attune/define-elements.js">`. */
defineElements();
