package dev.howdah.spring.ai;

import dev.howdah.documents.CollectionOptions;
import dev.howdah.documents.DocumentCollection;
import dev.howdah.documents.Documents;
import dev.howdah.documents.Query;
import dev.howdah.documents.WriteCondition;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.update.Update;
import dev.howdah.documents.value.DocumentIds;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.spring.json.TypedJson;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.chat.messages.Message;
import org.springframework.util.Assert;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Conversations for Spring AI's chat memory, each a document whose {@code _id} is the conversation's: saving replaces it as a whole, so
 * that of two writers one wins and nobody reads a mixture. Messages of users, assistants (with their calls of tools), systems and tools
 * come back in their order, with their metadata and media. Thread-safe.
 *
 * <pre>{@code
 * var memory = MessageWindowChatMemory.builder().maxMessages(50)
 *         .chatMemoryRepository(HowdahChatMemoryRepository.open(documents, "chat-memory")).build();
 * var client = ChatClient.builder(model).defaultAdvisors(MessageChatMemoryAdvisor.builder(memory).build()).build();
 * }</pre>
 *
 * <p>A conversation is as long as a document may be ({@code howdah.documents.document-max}, or what its collection says). A subclass of
 * one of the four kinds of messages comes back as that kind. What contradicts Spring AI's own contract (an empty id, a null) is an
 * {@link IllegalArgumentException}, as in its other repositories.
 */
public final class HowdahChatMemoryRepository implements ChatMemoryRepository {
    /** The most conversations that are listed. */
    public static final int CONVERSATIONS_MAX = 100_000;

    private static final String MESSAGES = "messages";
    private static final String TOO_LARGE = "document-too-large";

    private final DocumentCollection conversations;
    private final MessageJson json;

    private HowdahChatMemoryRepository(DocumentCollection conversations, TypedJson metadata) {
        this.conversations = conversations;
        this.json = new MessageJson(metadata);
    }

    /** Conversations whose metadata hold only texts, numbers, times and other values of Java's own, and lists and maps of them. */
    public static HowdahChatMemoryRepository open(Documents documents, String collection) {
        return open(documents, collection, new TypedJson(List.of(), HowdahChatMemoryRepository.class.getClassLoader(),
                List.of()));
    }

    /**
     * Conversations in a collection, which is created if it is not there. The tables must be (see
     * {@link dev.howdah.postgres.Migrator}).
     *
     * @param metadata knows the other classes that the metadata of messages may hold
     */
    public static HowdahChatMemoryRepository open(Documents documents, String collection, TypedJson metadata) {
        try {
            documents.state(collection);
        } catch (NotFoundException e) {
            documents.create(collection, CollectionOptions.none());
        }
        return new HowdahChatMemoryRepository(documents.collection(collection), metadata);
    }

    /**
     * The ids of all conversations, sorted. Reads them whole: meant for upkeep, not for every request.
     *
     * @throws LimitExceededException if there are more than {@link #CONVERSATIONS_MAX}
     */
    @Override
    public List<String> findConversationIds() {
        var ids = new ArrayList<String>();
        conversations.stream(Query.of(Filter.ALL).limitedTo(CONVERSATIONS_MAX + 1L), document -> {
            var id = DocumentIds.toValue(document.id());
            if (id.isString()) { // others are not ours
                ids.add(id.stringValue());
            }
        });
        if (ids.size() > CONVERSATIONS_MAX) {
            throw new LimitExceededException("conversations-too-many", "collection \"" + conversations.name()
                    + "\" has more than " + CONVERSATIONS_MAX + " conversations",
                    "read them by pages (DocumentCollection.page), or delete old ones");
        }
        return ids;
    }

    /**
     * The messages of a conversation, in order; none if there is no such conversation.
     *
     * @throws InvalidInputException if what is stored is no message, or its metadata hold what cannot be read (any more)
     */
    @Override
    public List<Message> findByConversationId(String conversationId) {
        return conversations.get(documentId(conversationId))
                .map(document -> json.read(document.value().path(MESSAGES))).orElse(List.of());
    }

    /**
     * Puts these messages in the place of all that the conversation had.
     *
     * @throws LimitExceededException if they are larger than a document may be; the conversation is as before
     * @throws InvalidInputException if a message cannot be stored: a class that is not known, a NUL character
     */
    @Override
    public void saveAll(String conversationId, List<Message> messages) {
        Assert.notNull(messages, "messages cannot be null");
        Assert.noNullElements(messages, "messages cannot contain null elements");
        var id = documentId(conversationId);
        var document = JsonNodeFactory.instance.objectNode();
        document.set(MESSAGES, json.write(messages));
        try {
            conversations.write(id, new Update.Replacement(document), WriteCondition.ALWAYS);
        } catch (InvalidInputException e) {
            throw e.code().equals(TOO_LARGE) ? tooLarge(conversationId, messages.size(), e) : e;
        }
    }

    private static LimitExceededException tooLarge(String conversationId, int messages, InvalidInputException cause) {
        return new LimitExceededException("conversation-too-large", "conversation \"" + conversationId + "\" of "
                + messages + " messages does not fit: " + cause.faults().getFirst().problem(),
                "keep fewer messages (MessageWindowChatMemory with a smaller maxMessages), refer to media by URL, "
                        + "or raise howdah.documents.document-max");
    }

    /** Forgets a conversation; nothing happens if there is none. */
    @Override
    public void deleteByConversationId(String conversationId) {
        conversations.delete(documentId(conversationId), OptionalLong.empty());
    }

    private static String documentId(String conversationId) {
        Assert.hasText(conversationId, "conversationId cannot be null or empty");
        if (conversationId.indexOf('\0') >= 0) {
            throw new InvalidInputException("conversation-id-invalid", "conversationId", "holds a NUL character",
                    "PostgreSQL cannot store it; leave it out");
        }
        return DocumentIds.toId(JsonNodeFactory.instance.stringNode(conversationId));
    }
}
