'use client';

import { useEffect } from 'react';
import { story } from '../story.js';

export default function Page() {
  useEffect(() => {
    globalThis.told = () => story();
  }, []);
  return <p>Rendered on the server too.</p>;
}
