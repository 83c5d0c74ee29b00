/** A token of the Live API at `url`. */
export async function fetchAccessToken(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/access_token/any-key`, { method: 'POST' });
  const { access_token } = await response.json();
  return access_token;
}
