package dev.howdah.spring;

import dev.howdah.documents.DocumentSettings;
import dev.howdah.documents.DocumentUpkeep;
import dev.howdah.documents.Documents;
import dev.howdah.postgres.Database;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Collections of documents. */
@AutoConfiguration(after = HowdahAutoConfiguration.class)
@ConditionalOnClass(Documents.class)
@ConditionalOnBean(Database.class)
public final class DocumentsAutoConfiguration {
    @Bean
    HowdahModule howdahDocumentsModule() {
        return new HowdahModule("documents");
    }

    @Bean
    @ConditionalOnMissingBean
    DocumentSettings howdahDocumentSettings(SpringSettings settings) {
        return settings.read(DocumentSettings::from);
    }

    @Bean
    @ConditionalOnMissingBean
    Documents howdahDocuments(Database database, DocumentSettings settings) {
        return new Documents(database, settings);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    @ConditionalOnMissingBean
    DocumentUpkeep howdahDocumentUpkeep(Documents documents) {
        return documents.upkeep();
    }
}
