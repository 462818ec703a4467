-- rex: step rebuild tables=
-- drop the table users
-- drop the table profiles
-- drop the table posts
-- drop the table tags
-- drop the table comments
-- drop the table posts_tags
-- hazard drop_table:users: the rows of the table are lost
-- hazard drop_table:profiles: the rows of the table are lost
-- hazard drop_table:posts: the rows of the table are lost
-- hazard drop_table:tags: the rows of the table are lost
-- hazard drop_table:comments: the rows of the table are lost
-- hazard drop_table:posts_tags: the rows of the table are lost
-- the way back does not bring back the rows of users, the rows of profiles, the rows of posts, the rows of tags, the rows of comments, the rows of posts_tags
DROP TABLE "users";
DROP TABLE "profiles";
DROP TABLE "posts";
DROP TABLE "tags";
DROP TABLE "comments";
DROP TABLE "posts_tags";
