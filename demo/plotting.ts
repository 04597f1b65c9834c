/**
 * The code that draws, on its way as soon as the page starts: a "Why?" must make no request, and need no network. Rejects
 * where it can't be had.
 */
export const plotting = import('./diagrams.js');
plotting.catch(() => {}); // told where something is to be drawn
