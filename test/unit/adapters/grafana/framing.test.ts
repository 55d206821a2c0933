import { describe, expect, it } from 'vitest';
import { framingRefusal } from '../../../../src/adapters/grafana/framing';

const desktop = ['vscode-webview://dashboard', 'vscode-file://vscode-app'];
const web = ['https://webview.vscode-cdn.net'];
const policy = (text: string) => ({ 'content-security-policy': text });

describe('whether a page may be framed', () => {
  it('is not forbidden where nothing is said', () => {
    expect(framingRefusal({}, desktop)).toBeUndefined();
    expect(framingRefusal(policy("script-src 'self'; object-src 'none'"), desktop)).toBeUndefined();
    expect(framingRefusal({ 'x-frame-options': '' }, desktop)).toBeUndefined();
  });

  it('is forbidden by X-Frame-Options, whatever it says, and told with its words', () => {
    for (const value of ['deny', 'SAMEORIGIN', 'ALLOW-FROM https://x'])
      expect(framingRefusal({ 'x-frame-options': value }, desktop)).toBe(`X-Frame-Options: ${value}`);
  });

  it('is decided by frame-ancestors alone where that is there', () => {
    const both = { 'x-frame-options': 'deny', ...policy('frame-ancestors vscode-webview: vscode-file:') };
    expect(framingRefusal(both, desktop)).toBeUndefined();
    expect(framingRefusal(policy("frame-ancestors 'none'"), desktop)).toContain('frame-ancestors');
    expect(framingRefusal(policy("frame-ancestors 'self'"), desktop)).toBe(
      "Content-Security-Policy: frame-ancestors 'self'",
    );
    expect(framingRefusal(policy('frame-ancestors'), desktop)).toContain('frame-ancestors');
  });

  it('takes every page around the frame to be allowed', () => {
    expect(framingRefusal(policy('frame-ancestors vscode-webview:'), desktop)).toContain('vscode-webview:');
  });

  it('reads sources as browsers do: a star is any origin of the network, and no other', () => {
    expect(framingRefusal(policy('frame-ancestors *'), web)).toBeUndefined();
    expect(framingRefusal(policy('frame-ancestors *'), desktop)).toContain('*');
    expect(framingRefusal(policy('frame-ancestors https:'), web)).toBeUndefined();
    expect(framingRefusal(policy('frame-ancestors http:'), web)).toContain('http:');
    expect(framingRefusal(policy('frame-ancestors https://*.vscode-cdn.net'), web)).toBeUndefined();
    expect(framingRefusal(policy('frame-ancestors https://*.example.com'), web)).toContain('example');
    expect(framingRefusal(policy('frame-ancestors https://webview.vscode-cdn.net:8443'), web)).toContain('8443');
  });

  it('has all policies allow it where there are several', () => {
    expect(framingRefusal(policy('frame-ancestors https:, frame-ancestors https:'), web)).toBeUndefined();
    expect(framingRefusal(policy("frame-ancestors https:, frame-ancestors 'none'"), web)).toContain('frame-ancestors');
  });
});
