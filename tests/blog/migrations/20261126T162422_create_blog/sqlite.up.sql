-- rex: step transaction
-- create the table users
-- create the table profiles
-- create the table posts
-- create the table tags
-- create the table comments
-- create the table posts_tags
CREATE TABLE "users" (
    "id" INTEGER NOT NULL CONSTRAINT "users_pkey" PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'reader',
    "age" INTEGER,
    "created_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
    CONSTRAINT "users_email_key" UNIQUE ("email"),
    CONSTRAINT "users_email_check" CHECK (length("email") <= 255),
    CONSTRAINT "users_name_check" CHECK (length("name") <= 80),
    CONSTRAINT "users_role_check" CHECK ("role" IN ('reader', 'author', 'admin')),
    CONSTRAINT "users_age_check" CHECK ("age" BETWEEN -2147483648 AND 2147483647)
) STRICT;
CREATE INDEX "users_role_created_at_idx" ON "users" ("role", "created_at" DESC);
CREATE TABLE "profiles" (
    "id" INTEGER NOT NULL CONSTRAINT "profiles_pkey" PRIMARY KEY AUTOINCREMENT,
    "user_id" INTEGER NOT NULL,
    "bio" TEXT NOT NULL,
    CONSTRAINT "profiles_user_id_key" UNIQUE ("user_id"),
    CONSTRAINT "profiles_user_id_fkey" FOREIGN KEY ("user_id")
        REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE RESTRICT
) STRICT;
CREATE TABLE "posts" (
    "id" BLOB NOT NULL,
    "author_id" INTEGER NOT NULL,
    "reviewer_id" INTEGER,
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "labels" TEXT NOT NULL DEFAULT '[]',
    "published_at" TEXT,
    "created_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
    CONSTRAINT "posts_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "posts_author_id_title_key" UNIQUE ("author_id", "title"),
    CONSTRAINT "posts_id_check" CHECK (length("id") = 16),
    CONSTRAINT "posts_title_check" CHECK (length("title") <= 200),
    CONSTRAINT "posts_labels_check" CHECK ("labels" IS NULL OR json_valid("labels") AND json_type("labels") = 'array'),
    CONSTRAINT "posts_author_id_fkey" FOREIGN KEY ("author_id")
        REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
    CONSTRAINT "posts_reviewer_id_fkey" FOREIGN KEY ("reviewer_id")
        REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE RESTRICT
) STRICT;
CREATE INDEX "posts_published_at_idx" ON "posts" ("published_at" DESC);
CREATE INDEX "posts_reviewer_id_idx" ON "posts" ("reviewer_id");
CREATE TABLE "tags" (
    "id" INTEGER NOT NULL CONSTRAINT "tags_pkey" PRIMARY KEY AUTOINCREMENT,
    "name" TEXT NOT NULL,
    CONSTRAINT "tags_name_key" UNIQUE ("name"),
    CONSTRAINT "tags_name_check" CHECK (length("name") <= 40)
) STRICT;
CREATE TABLE "comments" (
    "id" INTEGER NOT NULL CONSTRAINT "comments_pkey" PRIMARY KEY AUTOINCREMENT,
    "post_id" BLOB NOT NULL,
    "author_id" INTEGER NOT NULL,
    "parent_id" INTEGER,
    "body" TEXT NOT NULL,
    "created_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'),
    CONSTRAINT "comments_post_id_check" CHECK (length("post_id") = 16),
    CONSTRAINT "comments_body_check" CHECK (length("body") <= 2000),
    CONSTRAINT "comments_post_id_fkey" FOREIGN KEY ("post_id")
        REFERENCES "posts" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
    CONSTRAINT "comments_author_id_fkey" FOREIGN KEY ("author_id")
        REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE RESTRICT,
    CONSTRAINT "comments_parent_id_fkey" FOREIGN KEY ("parent_id")
        REFERENCES "comments" ("id") ON DELETE CASCADE ON UPDATE RESTRICT
) STRICT;
CREATE INDEX "comments_post_id_idx" ON "comments" ("post_id");
CREATE INDEX "comments_author_id_idx" ON "comments" ("author_id");
CREATE INDEX "comments_parent_id_idx" ON "comments" ("parent_id");
CREATE TABLE "posts_tags" (
    "post_id" BLOB NOT NULL,
    "tag_id" INTEGER NOT NULL,
    CONSTRAINT "posts_tags_pkey" PRIMARY KEY ("post_id", "tag_id"),
    CONSTRAINT "posts_tags_post_id_check" CHECK (length("post_id") = 16),
    CONSTRAINT "posts_tags_post_id_fkey" FOREIGN KEY ("post_id")
        REFERENCES "posts" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "posts_tags_tag_id_fkey" FOREIGN KEY ("tag_id")
        REFERENCES "tags" ("id") ON DELETE CASCADE ON UPDATE CASCADE
) STRICT;
CREATE INDEX "posts_tags_tag_id_idx" ON "posts_tags" ("tag_id");
