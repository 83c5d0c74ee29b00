import type { Metadata } from 'next';
import 'webrtc-broadcaster/styles.css';
import './globals.css';

export const metadata: Metadata = { title: 'Go live' };

export default function RootLayout({ children }: LayoutProps<'/'>) {
  return (
    <html lang="en" className="h-full antialiased">
      <body className="min-h-full flex flex-col">{children}</body>
    </html>
  );
}
