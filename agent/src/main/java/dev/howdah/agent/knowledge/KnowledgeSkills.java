package dev.howdah.agent.knowledge;

import dev.howdah.agent.AgentSettings;
import dev.howdah.agent.Skill;
import dev.howdah.agent.source.RepositorySource;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.knowledge.KnowledgeCollection;
import dev.howdah.postgres.Database;
import java.util.ArrayList;
import java.util.List;

/** The skills of the knowledge base put together. */
public final class KnowledgeSkills {
    private KnowledgeSkills() {}

    /**
     * All of them, to be registered.
     *
     * @param collection where knowledge is found
     * @param source reads the repositories whose documentation is checked
     */
    public static List<Skill> of(Database database, Knowledge knowledge, KnowledgeCollection collection,
            RepositorySource source, AgentSettings settings) {
        var skills = new ArrayList<Skill>();
        skills.addAll(new PatternSkills(knowledge.patterns()).all());
        skills.add(new SearchSkill(collection).skill());
        skills.addAll(new RepositorySkills(knowledge).all());
        skills.addAll(new WritingSkills(database, knowledge).all());
        skills.addAll(new MonitoringSkills(knowledge).all());
        skills.add(new ExternalAgents(settings.externalAgents()).skill());
        skills.addAll(new DocumentationSkills(source).all());
        return List.copyOf(skills);
    }
}
