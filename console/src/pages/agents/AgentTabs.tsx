import { AreaTabs } from '../../components/AreaTabs'

export function AgentTabs() {
  return (
    <AreaTabs label="Views of agents" tabs={[
      { to: '/agents', label: 'Skills', exact: true },
      { to: '/agents/tasks', label: 'Agent tasks' },
      { to: '/agents/contexts', label: 'Contexts' },
      { to: '/agents/deliveries', label: 'Deliveries' },
      { to: '/agents/mcp', label: 'MCP' },
      { to: '/agents/models', label: 'Model calls' },
      { to: '/agents/model-cards', label: 'Model cards' },
      { to: '/agents/card', label: 'Agent card' },
      { to: '/agents/remote', label: 'Remote agents' },
    ]} />
  )
}
