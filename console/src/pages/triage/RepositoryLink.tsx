import { AnchorLink } from '../../components/links'

export function RepositoryLink({ name }: { name: string }) {
  const [owner = '', repository = ''] = name.split('/')
  return <AnchorLink to="/triage/repositories/$owner/$name" params={{ owner, name: repository }} title={name}>{name}</AnchorLink>
}
