-- rex: step transaction
-- drop the constraint profiles_user_id_fkey
-- drop the constraint posts_author_id_fkey
-- drop the constraint posts_reviewer_id_fkey
-- drop the constraint comments_post_id_fkey
-- drop the constraint comments_author_id_fkey
-- drop the constraint comments_parent_id_fkey
-- drop the constraint posts_tags_post_id_fkey
-- drop the constraint posts_tags_tag_id_fkey
-- drop the table users
-- drop the table profiles
-- drop the table posts
-- drop the table tags
-- drop the table comments
-- drop the table posts_tags
-- drop the type role
-- hazard drop_table:users: the rows of the table are lost
-- hazard drop_table:profiles: the rows of the table are lost
-- hazard drop_table:posts: the rows of the table are lost
-- hazard drop_table:tags: the rows of the table are lost
-- hazard drop_table:comments: the rows of the table are lost
-- hazard drop_table:posts_tags: the rows of the table are lost
-- the way back does not bring back the rows of users, the rows of profiles, the rows of posts, the rows of tags, the rows of comments, the rows of posts_tags
ALTER TABLE "profiles" DROP CONSTRAINT "profiles_user_id_fkey";
ALTER TABLE "posts" DROP CONSTRAINT "posts_author_id_fkey";
ALTER TABLE "posts" DROP CONSTRAINT "posts_reviewer_id_fkey";
ALTER TABLE "comments" DROP CONSTRAINT "comments_post_id_fkey";
ALTER TABLE "comments" DROP CONSTRAINT "comments_author_id_fkey";
ALTER TABLE "comments" DROP CONSTRAINT "comments_parent_id_fkey";
ALTER TABLE "posts_tags" DROP CONSTRAINT "posts_tags_post_id_fkey";
ALTER TABLE "posts_tags" DROP CONSTRAINT "posts_tags_tag_id_fkey";
DROP TABLE "users";
DROP TABLE "profiles";
DROP TABLE "posts";
DROP TABLE "tags";
DROP TABLE "comments";
DROP TABLE "posts_tags";
DROP TYPE "role";
