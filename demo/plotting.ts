/** The code that draws curves, fetched when there is one to draw. Rejects where it can't be had, and is asked for anew then. */
export const plotting = (): Promise<typeof import('./diagrams.js')> => import('./diagrams.js');
