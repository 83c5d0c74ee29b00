import Link from 'next/link';
import { Studio } from './studio';

export default function Home() {
  return (
    <main className="flex flex-1 flex-col items-center justify-center gap-6 p-6">
      <h1 className="text-2xl font-semibold">Go live</h1>
      <Studio />
      <Link href="/parts">A look of your own</Link>
    </main>
  );
}
